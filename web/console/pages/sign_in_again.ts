// sign_in_again.ts – what is loaded when a session has ended.
export { askAgain } from '../parts/sign_in_again';
