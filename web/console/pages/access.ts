// access.ts – what is loaded with the page of API access.
export { ApiKeySection } from '../sections/api_key';
export { AuthenticationSection } from '../sections/authentication';
export { ClientAppsSection } from '../sections/client_apps';
export { LeaksSection } from '../sections/leaks';
