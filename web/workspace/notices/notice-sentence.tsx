import type { ReactNode } from 'react';
import type { NoticesQuery } from '../../kit/api/workspace.generated.ts';
import { Person } from '../../kit/parts/index.ts';
import { showConstant } from '../../kit/text/amounts.ts';

export type Notice = NonNullable<NoticesQuery['viewer']['notices']>['nodes'][number];

const roleOf = ({ role }: Notice): string => (role === null ? '' : ` (${showConstant(role).toLowerCase()})`);
const jobOf = ({ jobKind }: Notice): string => (jobKind === null ? '' : `: ${showConstant(jobKind).toLowerCase()}`);
const stateOf = (state: string | null): string => (state === null ? '' : showConstant(state).toLowerCase());
const Actor = ({ of }: { readonly of: Notice }): ReactNode =>
	of.actor ? <Person person={of.actor} /> : 'The platform';

/** What happened, in words. */
const SENTENCES: Readonly<Record<Notice['kind'], (notice: Notice) => ReactNode>> = {
	MEMBER_INVITED: (notice) => (
		<>
			<Actor of={notice} /> invited a person{roleOf(notice)}.
		</>
	),
	INVITATION_REVOKED: (notice) => (
		<>
			<Actor of={notice} /> revoked an invitation{roleOf(notice)}.
		</>
	),
	SIGN_IN_CHANGED: (notice) => (
		<>
			<Actor of={notice} /> changed where new members must come from.
		</>
	),
	MEMBER_ADDED: (notice) => (
		<>
			<Person person={notice.user} /> joined the firm{roleOf(notice)}.
		</>
	),
	MEMBER_ROLE_CHANGED: (notice) => (
		<>
			<Actor of={notice} /> changed the role of <Person person={notice.user} />
			{roleOf(notice)}.
		</>
	),
	MEMBER_REMOVED: (notice) => (
		<>
			<Actor of={notice} /> removed <Person person={notice.user} /> from the firm.
		</>
	),
	OWNER_RECOVERY_REQUESTED: (notice) => (
		<>
			The platform was asked to make <Person person={notice.user} /> an owner of the firm.
		</>
	),
	OWNER_RECOVERY_APPROVED: (notice) => (
		<>
			Making <Person person={notice.user} /> an owner was approved. It is possible 72 hours later, unless an owner
			cancels it.
		</>
	),
	OWNER_RECOVERY_COMPLETED: (notice) => (
		<>
			<Person person={notice.user} /> is a new owner of the firm, by recovery.
		</>
	),
	OWNER_RECOVERY_CANCELLED: () => 'The recovery of an owner was cancelled.',
	ACCESS_POLICY_CHANGED: (notice) => (
		<>
			<Actor of={notice} /> changed the firm’s policy on access by the platform.
		</>
	),
	LEASE_REQUESTED: () => 'A person of the platform asked to read content of the firm.',
	LEASE_APPROVED: () => 'A lease on the firm’s content is approved by everyone it needs.',
	LEASE_DENIED: (notice) => (
		<>
			<Actor of={notice} /> denied a request to read content of the firm.
		</>
	),
	LEASE_ACTIVATED: () => 'A lease was activated: a person of the platform can read content of the firm until it ends.',
	LEASE_READ: () => 'Content of the firm was read under a lease.',
	LEASE_ENDED: () => 'A lease has ended. Nothing more is read under it.',
	LEASE_REVIEWED: () => 'A third person has reviewed a lease that had ended.',
	JOB_REQUESTED: (notice) => (
		<>
			<Actor of={notice} /> asked for a job on the firm’s keys or content{jobOf(notice)}.
		</>
	),
	JOB_ENDED: (notice) => `A job has ended${jobOf(notice)} (${stateOf(notice.jobState)}).`,
	KEY_STATE_CHANGED: (notice) => `The key that the firm has brought is now ${stateOf(notice.keyState)}.`,
	APPROVER_DISABLED: () => 'An approver of the platform was disabled or lost the role, so fewer people decide there.',
};

export const NoticeSentence = ({ notice }: { readonly notice: Notice }): ReactNode => SENTENCES[notice.kind](notice);
