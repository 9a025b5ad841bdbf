// main.tsx – begins.
import { render } from 'preact';
import { App, loadSection } from './app';
import { loadWords } from './language';
import { route } from './route';
import { applyTheme } from './theme';
import './style/base.css';
import './style/parts.css';
import './style/sections.css';
import './style/access.css';
import './style/charts.css';
import './style/usage.css';
import './style/people.css';
import './style/operation.css';

applyTheme();

const place = document.getElementById('console');
if (location.pathname === '/admin/operator') {
  void Promise.all([import('./pages/operator'), loadWords()]).then(([{ OperatorApp }]) => place && render(<OperatorApp />, place));
} else {
  void loadSection(route().section).catch(() => undefined); // App says so if it fails
  void loadWords().then(() => place && render(<App />, place));
}

// A browser may keep the page as it was left, with a secret in it, for whoever goes back to it.
addEventListener('pagehide', () => place && render(null, place));
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
