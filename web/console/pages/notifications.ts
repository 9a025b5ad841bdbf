// notifications.ts – what is loaded with the other sections of event notifications.
export { CallbackSection } from '../sections/callback';
export { DeliveriesSection } from '../sections/deliveries';
export { EndpointsSection } from '../sections/endpoints';
export { EventsSection } from '../sections/events';
export { ReplaySection } from '../sections/replay';
export { RetentionSection } from '../sections/retention';
export { TransactionsSection } from '../sections/transactions';
