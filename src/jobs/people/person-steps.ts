import { personsBehindVote } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { appointOperator, isJobAnnounced, type OperatorRow } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { isOperatorProven, statementOfOperator } from '../../firms/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { JobFailure, type JobStep, type JobTransactions, nextStep, singlePageStep } from '../engine/index.ts';
import { decideOnPerson, type OperatorsNow } from './decide-on-person.ts';
import { type PersonTerms, readPersonTerms } from './person-terms.ts';

export interface PeopleParts extends Pick<JobTransactions, 'read'> {
	readonly rights: RightsProofs;
	readonly operatorsNow: () => Promise<OperatorsNow>;
}

/** Appoints an operator as two approvers decided, if both are still approvers and the waiting period is over. */
export const personSteps = ({ rights, operatorsNow, read }: PeopleParts): readonly JobStep[] => [
	singlePageStep(async (job) => {
		const terms = readPersonTerms(job.terms);
		if (terms === null || job.firmId !== PLATFORM_FIRM_ID) throw new JobFailure('FORBIDDEN');
		if (job.kind === 'APPOINT' && !(await read(job, isJobAnnounced))) throw new JobFailure('NOT_TOLD');
		const people = await operatorsNow();
		const { approvers, isWanted, wait } = await decideOnPerson(rights, job, people);
		const asked = approvers.get(job.askedBy ?? '');
		if (!isWanted || !asked) throw new JobFailure('FORBIDDEN');
		if (wait > 0) throw new FirmsealError('CONFLICT', 'The waiting period is not over.');
		const present = people.rows.find(({ id }) => id === terms.user);
		if (!isAsAgreed(terms, present)) throw new JobFailure('TAKEN');
		const isProven = present !== undefined && (await isOperatorProven(rights, present));
		if (present && !isProven && present.mac !== null) throw new JobFailure('FORBIDDEN');
		const givesApproval = terms.roles.includes('APPROVER') && !(isProven && present.roles.includes('APPROVER'));
		if (givesApproval && job.kind !== 'APPOINT') throw new JobFailure('FORBIDDEN');
		// An existing operator keeps their introduction, unless they become an approver.
		const introduced =
			isProven && !givesApproval
				? { introducedBy: present.introducedBy, introducedAt: present.introducedAt }
				: { introducedBy: [...personsBehindVote(asked, people.now)], introducedAt: people.now };
		const { user: id, person: personId, issuer, subject, roles } = terms;
		const account = { id, personId, issuer, subject, roles: [...roles], disabledAt: null };
		const mac = await rights.prove(PLATFORM_FIRM_ID, statementOfOperator({ ...account, ...introduced }));
		return {
			async write(tx) {
				if (!(await appointOperator(tx, { ...introduced, mac }))) throw new JobFailure('TAKEN');
				const added = systemEntry('worker', { action: 'operator.add', records: [id] }, job.id);
				return { progress: { ...nextStep(job), done: 1, total: 1 }, entries: [added] };
			},
		};
	}),
];

const isAsAgreed = (terms: PersonTerms, row: OperatorRow | undefined): boolean =>
	terms.isNew
		? row === undefined
		: row?.disabledAt === null &&
			row.personId === terms.person &&
			row.issuer === terms.issuer &&
			row.subject === terms.subject;
