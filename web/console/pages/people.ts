// people.ts – what is loaded with the page of senders and roles.
export { PeopleSection } from '../sections/people';
export { RolesSection } from '../sections/roles';
