export { hasOwnActs, LeaseActs as OwnLeaseActs } from './lease-acts.tsx';
export { LeaseBar } from './lease-bar.tsx';
export { useLeaseOn, useLeaseUse } from './lease-in-use.ts';
export { LeaseUseProvider } from './lease-use-provider.tsx';
export { budgetLeft, hasEnded, nameOfLease, type OwnLease } from './own-lease.ts';
export { OwnLeaseList } from './own-lease-list.tsx';
