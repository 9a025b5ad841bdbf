// main.tsx – begins.
import { render } from 'preact';
import { App } from './app';
import './style/base.css';
import './style/parts.css';
import './style/sections.css';
import './style/access.css';

const place = document.getElementById('console');
if (place) render(<App />, place);
