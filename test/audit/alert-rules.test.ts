import { fc, test } from '@fast-check/vitest';
import { buildASTSchema, type GraphQLEnumType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
	ACTIONS,
	type Action,
	ALERT_RULES,
	ALERT_SEVERITIES,
	alertRuleOf,
	alertRules,
	type Entry,
	matchesOf,
	THRESHOLDS,
	thresholdsWith,
} from '../../src/audit/index.ts';
import { files, read } from '../house/tree.ts';
import { draftOf } from './drafts.ts';

const actions = Object.keys(ACTIONS) as Action[];
const entryOf = (some: readonly Action[]) =>
	fc
		.constantFrom(...some)
		.chain((action) => draftOf(action, 20))
		.map(
			(draft): Entry => ({
				...draft,
				v: 1,
				id: '01a20e60-0000-7000-8000-000000000001',
				boot: '01a20e60-0000-7000-8000-000000000002',
				sequence: 1,
				at: '2026-01-01T00:00:00.000Z',
			}),
		);

const anyEntry = entryOf(actions);

describe('the table of alert rules', () => {
	it('has the names, severities and sentences of the schema', () => {
		const schema = buildASTSchema(
			parse(
				files('schema')
					.filter((path) => /^schema\/[a-z-]+\.graphql$/.test(path))
					.map(read)
					.join('\n'),
			),
		);
		const valuesOf = (name: string) => (schema.getType(name) as GraphQLEnumType).getValues();
		expect(valuesOf('AlertRule').map(({ name, description }) => [name, description])).toEqual(
			Object.entries(ALERT_RULES).map(([name, { says }]) => [name, says]),
		);
		expect(valuesOf('AlertSeverity').map(({ name }) => name)).toEqual(ALERT_SEVERITIES);
	});

	it('names actions with reasons that those actions can have', () => {
		for (const rule of alertRules) {
			const { entries } = alertRuleOf(rule);
			for (const action of entries?.actions ?? [])
				if (entries?.reasons) {
					const known = Object.values(ACTIONS[action].outcomes).flat() as (string | null)[];
					expect(
						entries.reasons.some((reason) => known.includes(reason)),
						`${rule} ${action}`,
					).toBe(true);
				}
		}
	});

	it('has no threshold outside the limits of the settings', () => {
		for (const { usual } of Object.values(THRESHOLDS)) expect(usual).toBeGreaterThanOrEqual(1);
		expect(Object.values(thresholdsWith({ PAIR_LEASES: 9 })).filter((value) => value === 9)).toHaveLength(1);
	});
});

describe('the subjects that an entry counts for', () => {
	test.prop([anyEntry, fc.option(fc.uuid())])('are valid in the database, and count something', (entry, requester) => {
		for (const { subject, items, amount } of matchesOf(entry, requester)) {
			expect(subject).toMatch(/^[A-Za-z0-9_:-]{1,200}$/);
			expect(items.length).toBeGreaterThan(0);
			expect(amount).toBeGreaterThan(0);
		}
	});

	test.prop([entryOf(actions.filter((action) => action.startsWith('alert.'))), fc.uuid()])(
		'are none for the entry of an alert, so that no alert causes another',
		(entry, requester) => {
			expect(matchesOf(entry, requester)).toEqual([]);
		},
	);

	test.prop([anyEntry])('include each rule at most once', (entry) => {
		const rules = matchesOf(entry, null).map(({ rule }) => rule);
		expect(new Set(rules).size).toBe(rules.length);
	});
});
