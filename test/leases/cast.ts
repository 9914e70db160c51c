import { createRow } from '../../src/firms/index.ts';
import { actAs } from '../support/act-as.ts';
import type { TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { type Cast, ownerOf, type Player } from './actors.ts';
import { idOf } from './http-stage.ts';

/** A firm, the people of a lease on it, and a note of the firm with a title and no body. */
export async function makeCast(): Promise<{ readonly installation: TestInstallation; readonly cast: Cast }> {
	const { installation, north: firm, operator, approver, second } = await makePopulated(embedded);
	const tokens = { requester: operator, first: approver, second, owner: firm.owner };
	const people: [string, readonly [string, string]][] = [];
	for (const [name, token] of Object.entries(tokens)) {
		const [row] = await installation.admin`select person_id from users where id = ${idOf(token)}`;
		people.push([name, [idOf(token), row?.person_id]]);
	}
	const known = { ...(Object.fromEntries(people) as Pick<Cast, Player>), firm: firm.id };
	const { config, database } = installation;
	const { id: note } = await actAs(config, database, ownerOf(known), (services, acting) =>
		createRow(services, acting, 'Note', { title: 'October' }),
	);
	return { installation, cast: { ...known, note } };
}
