export { type AwsKeyringOptions, findUnrotated, openAwsKeyring } from './aws-keyring.ts';
