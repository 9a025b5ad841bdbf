// conflict.ts – what is loaded when somebody else was faster.
export { resolve } from '../parts/conflict';
