// operator.ts – what is loaded with the operator's pages, which stand in a frame of their own.
export { OperatorApp } from '../operator/app';
