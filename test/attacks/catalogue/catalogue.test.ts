import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caches } from './areas/caches.ts';
import { demoTokens } from './areas/demo-tokens.ts';
import { encoding } from './areas/encoding.ts';
import { errors } from './areas/errors.ts';
import { ids } from './areas/ids.ts';
import { leases } from './areas/leases.ts';
import { leasesAdmitted } from './areas/leases-admitted.ts';
import { leasesBySql } from './areas/leases-by-sql.ts';
import { leasesDecided } from './areas/leases-decided.ts';
import { leasesEnded } from './areas/leases-ended.ts';
import { limits } from './areas/limits.ts';
import { misassembledServers } from './areas/misassembled-servers.ts';
import { people } from './areas/people.ts';
import { rightsBySql } from './areas/rights-by-sql.ts';
import { rolledBackRows } from './areas/rolled-back-rows.ts';
import { sqlOfEveryLogin } from './areas/sql-of-every-login.ts';
import { sqlOfTheFirm } from './areas/sql-of-the-firm.ts';
import { sqlOfTheLog } from './areas/sql-of-the-log.ts';
import { sqlOfThePlatform } from './areas/sql-of-the-platform.ts';
import { startAndMigration } from './areas/start-and-migration.ts';
import { swappedKeys } from './areas/swapped-keys.ts';
import { swappedRows } from './areas/swapped-rows.ts';
import { timing } from './areas/timing.ts';
import { tokenKinds } from './areas/token-kinds.ts';
import { tokens } from './areas/tokens.ts';
import type { Area, Attack, Evidence, Layer } from './attack.ts';
import { attacksPage, REGENERATE } from './page.ts';
import { assertLayerAnswered, assertNoLeak } from './proofs.ts';
import { makeStage, type Stage } from './stage.ts';

const AREAS: readonly Area[] = [
	tokens,
	tokenKinds,
	demoTokens,
	people,
	ids,
	errors,
	limits,
	encoding,
	sqlOfThePlatform,
	sqlOfTheLog,
	sqlOfEveryLogin,
	sqlOfTheFirm,
	swappedRows,
	swappedKeys,
	rolledBackRows,
	rightsBySql,
	leases,
	leasesDecided,
	leasesBySql,
	leasesEnded,
	leasesAdmitted,
	caches,
	timing,
	startAndMigration,
	misassembledServers,
];
const ALL = AREAS.flatMap(({ attacks }) => attacks);
/** Layers that answer requests. The answer of one passes the proof of no other. */
const DISTINCT: readonly Layer[] = [
	'HTTP',
	'identity',
	'proof',
	'rights',
	'schema',
	'arguments',
	'limits',
	'lease',
	'resolver lock',
	'database lock',
	'key lock',
	'envelope',
	'writes',
];
const PAGE = new URL('../../../docs/reference/attacks.md', import.meta.url);

let stage: Stage;
const answered = new Map<Attack, Evidence>();
beforeAll(async () => {
	stage = await makeStage();
});
afterAll(() => stage?.close());

describe.each(AREAS)('$title', ({ attacks }) => {
	it.for(attacks)('$attack: $layer', async (attack, { annotate }) => {
		stage.takeDisclosed();
		try {
			const evidence = await attack.run({ ...stage, inform: annotate });
			await assertLayerAnswered(stage, attack.layer, evidence);
			assertNoLeak(stage);
			answered.set(attack, evidence);
		} finally {
			await stage.clear();
		}
	});
});

describe('after all attacks', () => {
	it('no content is in a log line or an audit entry', async () => {
		const [row] = await stage.admin`select string_agg(leaf, '') as leaves from audit_entries`;
		for (const text of [row?.leaves, stage.api.lines.join('')])
			for (const { marker } of [stage.ours, stage.theirs]) expect(text).not.toContain(marker);
	});

	it('both firms read what they had before', async () => {
		for (const [{ member }, { ids, marker }] of [
			[stage.north, stage.ours],
			[stage.harbour, stage.theirs],
		] as const) {
			const { data } = await stage.ask(member, `{ note(id: "${ids.note}") { title body } }`);
			expect(data.note).toEqual({ title: `${marker} title`, body: `${marker} note` });
		}
	});

	it('no answer proves a layer other than its own', async (context) => {
		context.skip(answered.size < ALL.length, 'not every attack was run and answered');
		const first = new Map<Layer, Evidence>();
		for (const [{ layer }, evidence] of answered)
			if (DISTINCT.includes(layer) && evidence.answers && !first.has(layer)) first.set(layer, evidence);
		expect([...first.keys()].sort()).toEqual([...DISTINCT].sort());
		const taken: string[] = [];
		for (const [layer, evidence] of first)
			for (const other of DISTINCT)
				await assertLayerAnswered(stage, other, evidence).then(
					() => taken.push(`${layer} as ${other}`),
					() => {},
				);
		expect(taken).toEqual([...first.keys()].map((layer) => `${layer} as ${layer}`));
	});

	it('docs/reference/attacks.md comes from this run', (context) => {
		context.skip(answered.size < ALL.length, 'not every attack was run and answered');
		const text = attacksPage(AREAS);
		if (process.env.FIRMSEAL_WRITE_ATTACKS === '1') writeFileSync(PAGE, text);
		const known = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
		expect(known === text, `docs/reference/attacks.md is out of date: write it with \`${REGENERATE}\`.`).toBe(true);
	});
});

it('the catalogue has at least 160 attacks, and no two have the same description', () => {
	expect(ALL.length).toBeGreaterThanOrEqual(160);
	expect(new Set(ALL.map(({ attack }) => attack)).size).toBe(ALL.length);
});
