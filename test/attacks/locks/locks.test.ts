import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCatalogue } from '../../../src/database/index.ts';
import { openPlaneOf } from '../../../src/wiring/index.ts';
import type { LockArea } from './case.ts';
import { approvals } from './cases/approvals.ts';
import { changed } from './cases/changed.ts';
import { files } from './cases/files.ts';
import { inactiveLeases } from './cases/inactive-leases.ts';
import { keys } from './cases/keys.ts';
import { rows } from './cases/rows.ts';
import { scope } from './cases/scope.ts';
import { timing } from './cases/timing.ts';
import { locksPage, REGENERATE } from './page.ts';
import { type LockStage, makeLockStage } from './stage.ts';

const AREAS: readonly LockArea[] = [inactiveLeases, scope, files, timing, rows, approvals, changed, keys];
const ALL = AREAS.flatMap(({ cases }) => cases);
const PAGE = new URL('../../../docs/reference/attacks-on-leases.md', import.meta.url);

let stage: LockStage;
const answered = new Set<string>();
beforeAll(async () => {
	stage = await makeLockStage();
});
afterAll(() => stage?.close());

describe.each(AREAS)('$title', ({ cases }) => {
	it.for(cases)('$attack: $gates', async (one) => {
		try {
			await one.run(stage);
			answered.add(one.attack);
		} finally {
			await stage.clear();
		}
	});
});

describe('after all attacks', () => {
	it('every lock is back in place: the database is as the migrations left it', async () => {
		const plane = openPlaneOf(stage.installation.database, 'firmseal_firm', 1);
		try {
			const findings = await inspectCatalogue(plane, { sharedLogin: false });
			expect(findings.filter(({ ok }) => !ok)).toEqual([]);
		} finally {
			await plane.close();
		}
		const told = await stage.send({ query: `{ note(id: "${stage.ours.ids.note}") { title } }`, lease: null });
		expect(told.sealed.map(({ reason }) => reason)).toEqual(['NO_LEASE']);
	});

	it('no content is in a log line or an audit entry', async () => {
		const [row] = await stage.installation.admin`select string_agg(leaf, '') as leaves from audit_entries`;
		for (const text of [row?.leaves, stage.api.lines.join('')])
			for (const { marker } of [stage.ours, stage.theirs]) expect(text).not.toContain(marker);
	});

	it('docs/reference/attacks-on-leases.md comes from this run', (context) => {
		context.skip(answered.size < ALL.length, 'not every attack was run and answered');
		const text = locksPage(AREAS);
		if (process.env.FIRMSEAL_WRITE_ATTACKS === '1') writeFileSync(PAGE, text);
		const known = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
		expect(known === text, `docs/reference/attacks-on-leases.md is out of date: write it with \`${REGENERATE}\`.`).toBe(
			true,
		);
	});
});

it('no two attacks have the same description', () => {
	expect(new Set(ALL.map(({ attack }) => attack)).size).toBe(ALL.length);
});
