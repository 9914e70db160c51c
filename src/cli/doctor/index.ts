export { inspectAlerts } from './alerts.ts';
export { inspectErasureRecords } from './erasure-records.ts';
export { inspectKeyLogs } from './key-logs.ts';
export { inspectEscrows, inspectKeyring } from './keyring.ts';
export { inspectLeases } from './leases.ts';
export { inspectObjects } from './objects.ts';
export { inspectSignIns } from './sign-ins.ts';
export { inspectTokens } from './tokens.ts';
