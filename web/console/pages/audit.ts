// audit.ts – what is loaded with the audit log.
export { AuditSection } from '../sections/audit';
export { HistorySection } from '../sections/history';
export { VerificationSection } from '../sections/verification';
