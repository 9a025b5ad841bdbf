// settings.ts – what is loaded with the account's settings.
export { SettingsSection } from '../sections/settings';
export { SubaccountsSection } from '../sections/subaccounts';
