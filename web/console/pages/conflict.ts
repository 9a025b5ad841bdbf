// conflict.ts – what is loaded when somebody else was faster.
export { isClash, resolve } from '../parts/conflict';
