// audit.ts – what is loaded with the audit log.
export { AuditSection } from '../sections/audit';
export { VerificationSection } from '../sections/verification';
