export { HashMismatch } from './hash-mismatch.tsx';
export { lapsesAt } from './lapses-at.ts';
export { LeaseStateBadge, leaseStateInWords } from './lease-state-badge.tsx';
export { type LeaseStep, LeaseTimeline } from './lease-timeline.tsx';
export { ReasonField, ReasonGiven, reasonOf, UnsentReason } from './reason-field.tsx';
export { type HashCheck, useHashCheck } from './use-hash-check.ts';
