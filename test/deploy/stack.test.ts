import { describe, expect, it } from 'vitest';
import { ownKeyPolicy } from '../../deploy/own-key-policy.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { anchors, bucketKey, objects } from './bucket-expectations.ts';
import { isAllowed, list, type Request, type Statement } from './iam-policy.ts';
import { beyond, dataKeys, type Expectation, management, strangeDataKeys } from './key-expectations.ts';
import { ANCHORS, POLICIES, type Policies, roleArn } from './synthesized.ts';

const keys = [...dataKeys, ...strangeDataKeys, ...management, ...beyond];

/** KMS's default policy of a key: the account's policies decide. */
const DEFAULT_KEY_POLICY: readonly Statement[] = [
	{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
];

/** Statements of the bucket's policy for all principals and all rights, which the roles' policies don't mention. */
const EVERYTHING_OF_S3: readonly Statement[] = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];

/** Lists each request with a wrong decision. */
function* wrong({ ofRole, ofBucketKey, ofBucket, ofAnchors }: Policies): Generator<string> {
	const own = new Map(Object.entries(ofRole).map(([name, statements]) => [roleArn(name), statements]));
	const ownOf = ({ role }: Request) => own.get(role) ?? [];
	const judged: [readonly Expectation[], (request: Request) => boolean][] = [
		[keys, (request) => isAllowed(request, ownOf(request), DEFAULT_KEY_POLICY, true)],
		[bucketKey, (request) => isAllowed(request, ownOf(request), ofBucketKey, true)],
		[
			objects,
			(request) => isAllowed(request, ownOf(request), request.resource.startsWith(ANCHORS) ? ofAnchors : ofBucket),
		],
		[anchors, (request) => isAllowed(request, EVERYTHING_OF_S3, ofAnchors)],
	];
	for (const [expectations, decide] of judged)
		for (const { what, request, allowed } of expectations) if (decide(request) !== allowed) yield what;
}

describe('the policies of the stack', () => {
	it('let each role do its work, and refuse it every other action tested here', () => {
		expect([...wrong(POLICIES)]).toEqual([]);
		expect(keys.filter(({ allowed }) => allowed).length).toBeGreaterThan(50);
		expect(keys.filter(({ allowed }) => !allowed).length).toBeGreaterThan(500);
	});

	it('let the worker use another class to obtain the checkpoint key, as SECURITY.md states', () => {
		const worker = POLICIES.ofRole.worker ?? [];
		const asked = (action: string, keyClass: string) => {
			const found = dataKeys.find(
				({ request: { role, action: its, context } }) =>
					role === roleArn('worker') &&
					its === action &&
					context?.['kms:EncryptionContext:class'] === keyClass &&
					context['kms:EncryptionContext:firm'] === PLATFORM_FIRM_ID &&
					context['kms:ReEncryptOnSameKey'] !== 'false',
			);
			return found && isAllowed(found.request, worker, DEFAULT_KEY_POLICY, true);
		};
		expect(asked('kms:Decrypt', 'CHECKPOINT')).toBe(false);
		expect(asked('kms:ReEncryptFrom', 'CHECKPOINT')).toBe(true);
		expect(asked('kms:ReEncryptTo', 'RIGHTS')).toBe(true);
		expect(asked('kms:Decrypt', 'RIGHTS')).toBe(true);
	});

	it('contain no wildcard actions, except in refusals', () => {
		const wide = Object.values(POLICIES.ofRole)
			.flat()
			.filter(({ Effect, Action }) => Effect === 'Allow' && list(Action).some((action) => action.includes('*')));
		expect(wide).toEqual([]);
	});
});

interface Mutant {
	readonly what: string;
	readonly policies: Policies;
}

/** Every set of policies with exactly one change. */
function mutants(policies: Policies): Mutant[] {
	const places: [string, readonly Statement[], (changed: readonly Statement[]) => Policies][] = [
		...Object.entries(policies.ofRole).map(([role, statements]): (typeof places)[number] => [
			role,
			statements,
			(changed) => ({ ...policies, ofRole: { ...policies.ofRole, [role]: changed } }),
		]),
		['key of the bucket', policies.ofBucketKey, (ofBucketKey) => ({ ...policies, ofBucketKey })],
		['bucket', policies.ofBucket, (ofBucket) => ({ ...policies, ofBucket })],
		['bucket of the anchors', policies.ofAnchors, (ofAnchors) => ({ ...policies, ofAnchors })],
	];
	return places.flatMap(([place, statements, put]) =>
		statements.flatMap((statement, index) =>
			changesOf(statement).map(([what, changed]) => ({
				what: `${place}, ${statement.Sid ?? index}: ${what}`,
				policies: put(statements.toSpliced(index, 1, ...changed)),
			})),
		),
	);
}

function changesOf(statement: Statement): [what: string, changed: Statement[]][] {
	const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
		Object.keys(keys).map((key): [string, Statement[]] => {
			const { [key]: _, ...others } = keys;
			return [
				`without ${operator} of ${key}`,
				[{ ...statement, Condition: { ...statement.Condition, [operator]: others } }],
			];
		}),
	);
	const actions = list(statement.Action).map((action): [string, Statement[]] => [
		`without ${action}`,
		[{ ...statement, Action: list(statement.Action).filter((each) => each !== action) }],
	]);
	return [...conditions, ...actions, ['away', []]];
}

/** Statements about the administrators of the bucket's key and about assuming roles. Other tests cover them. */
const ELSEWHERE = /Administration|BecomeRoles/;

describe('a change to a policy', () => {
	const all = mutants(POLICIES).filter(({ what }) => !ELSEWHERE.test(what));

	it('is generated for every condition, action and statement', () => {
		expect(all.length).toBeGreaterThan(100);
	});

	it.each(all)('is detected: $what', ({ policies }) => {
		expect(wrong(policies).next()).toMatchObject({ done: false });
	});
});

describe('the policy for a firm’s own key', () => {
	const KEEPER = 'arn:aws:iam::111122223333:role/northgate-keeper';
	const { Statement: statements } = ownKeyPolicy({
		account: '111122223333',
		name: 'firmseal',
		keeper: KEEPER,
		partition: 'aws',
	});
	/** Requests for other keys, or only for the key's administrator. */
	const OTHERS =
		/kms:(CreateKey|EnableKeyRotation|DisableKey|EnableKey|ScheduleKeyDeletion|CancelKeyDeletion|RotateKeyOnDemand)\b|:alias\/|none of ours|TagResource (with|without)/;

	it('gives the same rights to the roles, whatever the account allows, but neither state changes nor deletion', () => {
		const everything: Statement[] = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }];
		const asked = keys.filter(
			({ what, request }) =>
				!OTHERS.test(what) && !request.resource.includes(':alias/') && request.role !== roleArn('signer'),
		);
		const differs = asked.filter(
			({ request, allowed }) => isAllowed(request, everything, statements, true) !== allowed,
		);
		expect(differs.map(({ what }) => what)).toEqual([]);
		const ofKeeper = ['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:RotateKeyOnDemand', 'kms:PutKeyPolicy'];
		for (const action of ofKeeper) {
			const by = (role: string) => isAllowed({ role, action, resource: 'key' }, everything, statements, true);
			expect([action, by(KEEPER), by(roleArn('worker')), by(roleArn('admin'))]).toEqual([action, true, false, false]);
		}
	});

	it('names no signer, since checkpoints are signed under the platform’s key', () => {
		const everything: Statement[] = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }];
		const asked = keys.filter(({ request }) => request.role === roleArn('signer'));
		expect(asked.filter(({ allowed }) => allowed).length).toBeGreaterThan(2);
		expect(asked.filter(({ request }) => isAllowed(request, everything, statements, true))).toEqual([]);
		expect(JSON.stringify(statements)).not.toContain('signer');
	});

	it('does not let its administrator decrypt', () => {
		for (const { request } of dataKeys)
			expect(isAllowed({ ...request, role: KEEPER }, [], statements, true)).toBe(false);
	});
});
