// overview.ts – what is loaded with the overview.
export { OverviewSection } from '../sections/overview';
