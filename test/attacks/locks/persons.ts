import { unguarded } from '../../leases/forgeries.ts';
import { claimsOf, type Person } from '../scene.ts';
import type { LockStage } from './stage.ts';

/** Makes a second account of the requester, an approver with a valid MAC. */
export async function secondAccount(stage: LockStage): Promise<Person> {
	const { admin, proofs, addOperator } = stage.installation;
	const token = await addOperator('APPROVER');
	const { sub } = claimsOf(token);
	await admin`update users set person_id = (select person_id from users where id = ${stage.people.requester}) where id = ${sub}`;
	await proofs.operator(sub);
	return token;
}

/** Makes an approver with a valid MAC whom the requester of leases introduced. */
export async function introducedApprover(stage: LockStage): Promise<Person> {
	const { admin, proofs, addOperator } = stage.installation;
	const token = await addOperator('APPROVER');
	const { sub } = claimsOf(token);
	await admin`update operators set introduced_at = now(),
		introduced_by = array(select person_id from users where id = ${stage.people.requester}) where user_id = ${sub}`;
	await proofs.operator(sub);
	return token;
}

/** Makes the owner's account one of the approver's person, with a valid MAC. separatePersons() reverts it. */
export async function mergePersons(stage: LockStage): Promise<void> {
	const values = [stage.people.owner, stage.people.approver];
	await unguarded(
		stage,
		'users',
		'update users set person_id = (select person_id from users where id = $2) where id = $1',
		values,
	);
	await stage.installation.proofs.member(stage.people.owner);
}
export async function separatePersons(stage: LockStage): Promise<void> {
	await unguarded(stage, 'users', 'update users set person_id = id where id = $1', [stage.people.owner]);
	await stage.installation.proofs.member(stage.people.owner);
}
