import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NewErasure } from '../../../src/database/index.ts';
import { encodeErasureRecord, proveErasure } from '../../../src/jobs/erase/erasure-record.ts';
import { eraseTermsFrom, writeEraseTerms } from '../../../src/jobs/index.ts';
import { withAdminContext } from '../../../src/wiring/installation.ts';
import { openErasureRecords } from '../../../src/wiring/open-erasure-records.ts';
import { claimsOf } from '../../support/claims.ts';
import { filesAt, makeDocument } from '../../support/files.ts';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { approveJobByCommand, firmsealJson } from '../../system/program.ts';
import { agreed, proven, put } from '../forged-jobs.ts';

/** An erasure record as the program writes it, for an erasure that the test's database doesn't know. */
export const erasureRecordOf = ({ config, database }: TestInstallation, firmId: string, subject: string | null) =>
	withAdminContext(config, database, async ({ rights }) => {
		const of = { id: randomUUID(), firmId, subject };
		return { ...of, mac: await proveErasure(rights, of) };
	});

/** Writes a record to the store, which no restore reaches. */
export async function storeErasureRecord(
	{ config }: TestInstallation,
	number: number,
	erasure: NewErasure,
): Promise<void> {
	const store = await openErasureRecords(config);
	if (!(await store.write(number, encodeErasureRecord(erasure), AbortSignal.timeout(10_000))))
		throw new Error(`Erasure record ${number} exists already.`);
}

/** Two approvers, and commands in the name of each. */
export async function twoApprovers(installation: TestInstallation) {
	const tokens = {
		one: await installation.addOperator('APPROVER'),
		two: await installation.addOperator('APPROVER'),
	};
	const as = (who: 'one' | 'two', ...args: string[]) =>
		firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[who]}` }, ...args);
	return {
		tokens,
		ids: { one: claimsOf(tokens.one).sub, two: claimsOf(tokens.two).sub },
		as,
		/** Requests as one and approves as the other. Returns the job's id. */
		async erase(...args: string[]): Promise<string> {
			const asked = await as('one', 'erase', ...args);
			if (asked.code !== 0) throw new Error(JSON.stringify(asked.error));
			const id = asked.result.jobs[0].id as string;
			const agreed = await approveJobByCommand((...of) => as('two', ...of), id);
			if (agreed.code !== 0) throw new Error(JSON.stringify(agreed.error));
			return id;
		},
	};
}

/** A document with a file of `texts.length` versions. */
export async function documentWithFiles(api: TestApi, firm: TestFirm, texts: readonly string[], clientId?: string) {
	const id = await makeDocument(api.ask, firm.member, clientId ? { clientId } : {});
	for (const text of texts) {
		const { status } = await filesAt(api.url).put(firm.member, id, Buffer.from(text));
		if (status !== 201) throw new Error(`The upload was answered ${status}.`);
	}
	return id;
}

/** Tags of the objects in the object directory. */
export function objectsIn({ directory }: TestInstallation): string[] {
	const objects = join(directory, 'objects');
	return existsSync(objects) ? readdirSync(objects).sort() : [];
}

/** The number of a firm's rows in each table that has any. */
export async function rowsOf({ admin }: TestInstallation, firm: string): Promise<Record<string, number>> {
	const tables = await admin`
		select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'firm_id'
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`;
	const counts: Record<string, number> = {};
	for (const { name } of tables) {
		const [row] = await admin`select count(*)::int as count from ${admin(name)} where firm_id = ${firm}`;
		if (row?.count > 0) counts[name] = row?.count;
	}
	return counts;
}

/** Requests and approves as the two commands do, without starting processes. */
export function requestAndApprove(
	installation: TestInstallation,
	{ one, two }: { readonly one: string; readonly two: string },
) {
	return async (firm: string, subject: string | null, days = 0): Promise<string> => {
		const terms = writeEraseTerms(eraseTermsFrom(new Date(), days, 7));
		const asked = { firmId: firm, kind: 'ERASE' as const, class: null, version: null, askedBy: one, subject, terms };
		return put(installation, await agreed(installation, await proven(installation, asked), two));
	};
}
