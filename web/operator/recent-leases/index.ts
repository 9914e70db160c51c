export { AccountOf } from './account-of.tsx';
export { AlertSentence } from './alert-sentence.tsx';
export { type RecentLeases, useRecentLeases } from './use-recent-leases.ts';
