import { inject } from 'vitest';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import type { Cast } from './actors.ts';
import { idOf } from './http-stage.ts';

/** A firm and the people of a lease on it. */
export async function makeCast(): Promise<{ readonly installation: TestInstallation; readonly cast: Cast }> {
	const installation = await makeInstallation(inject('embedded'));
	const firm = await installation.addFirm('acme');
	const tokens = {
		requester: await installation.addOperator('OPERATOR'),
		first: await installation.addOperator('APPROVER'),
		second: await installation.addOperator('APPROVER'),
		owner: firm.owner,
	};
	const people: [string, readonly [string, string]][] = [];
	for (const [name, token] of Object.entries(tokens)) {
		const [row] = await installation.admin`select person_id from users where id = ${idOf(token)}`;
		people.push([name, [idOf(token), row?.person_id]]);
	}
	return { installation, cast: { ...(Object.fromEntries(people) as Omit<Cast, 'firm'>), firm: firm.id } };
}
