// me.ts – what is loaded with one's own account.
export { MeSection } from '../sections/me';
export { SessionsSection } from '../sections/sessions';
