import { expect, it } from 'vitest';
import { arnOf, CONTEXT, FIRM, KEY_ID, NOTE, newStage, roleOf } from './stage.ts';

const GRANT = { name: 'bg-1-NOTE', ...NOTE };
const NOW = () => Math.floor(Date.now() / 1000);

interface Entry {
	readonly GrantId: string;
	readonly Name?: string;
	readonly CreationDate?: number;
	readonly GranteePrincipal?: string;
	readonly Constraints?: object;
}

const entryOf = (over: Partial<Entry> = {}): Entry => ({
	GrantId: 'g-1',
	Name: GRANT.name,
	CreationDate: NOW(),
	GranteePrincipal: roleOf('operator'),
	Constraints: { EncryptionContextEquals: CONTEXT },
	...over,
});

/** A key with grants, listed two on a page. */
async function newKey(...entries: Entry[]) {
	const stage = await newStage();
	const { kms } = stage;
	kms.script('ListGrants', ({ Marker }) => {
		const from = Number(Marker ?? 0);
		const isMore = entries.length > from + 2;
		return {
			json: {
				Grants: entries.slice(from, from + 2),
				Truncated: isMore,
				...(isMore && { NextMarker: String(from + 2) }),
			},
		};
	});
	kms.script('CreateGrant', { json: { GrantId: 'g-new', GrantToken: 'token' } });
	kms.script('RevokeGrant', { json: null });
	return { ...stage, entries, broker: stage.open('broker') };
}

it('grants Decrypt to the operator’s role for one firm and class, and lets the broker’s role retire it', async () => {
	const { kms, broker } = await newKey();
	expect(await broker.createGrant(GRANT)).toEqual({ ...GRANT, createdAt: expect.any(Date), token: 'token' });
	expect(kms.sent('CreateGrant')).toEqual([
		{
			KeyId: arnOf(),
			Name: GRANT.name,
			GranteePrincipal: roleOf('operator'),
			RetiringPrincipal: roleOf('broker'),
			Operations: ['Decrypt'],
			Constraints: { EncryptionContextEquals: CONTEXT },
		},
	]);
});

it('requests a recent grant again for its token, but not an old one', async () => {
	const young = await newKey(entryOf({ CreationDate: NOW() - 60 }));
	expect(await young.broker.createGrant(GRANT)).toMatchObject({ token: 'token', createdAt: expect.any(Date) });
	expect(young.kms.sent('CreateGrant')).toHaveLength(1);
	const old = await newKey(entryOf({ CreationDate: NOW() - 600 }));
	expect(await old.broker.createGrant(GRANT)).not.toHaveProperty('token');
	expect(old.kms.sent('CreateGrant')).toEqual([]);
	const ofAnotherRole = await newKey(entryOf({ CreationDate: NOW() - 600, GranteePrincipal: roleOf('before') }));
	await ofAnotherRole.broker.createGrant(GRANT);
	expect(ofAnotherRole.kms.sent('CreateGrant')).toHaveLength(1);
});

it.each([
	['another class', { EncryptionContextEquals: { ...CONTEXT, class: 'BILLING' } }],
	['a context that is not ours', { EncryptionContextEquals: { class: 'NOTE' } }],
	['no bound at all', {}],
])('reports CONFLICT for a name that exists for %s, on whatever page', async (_, Constraints) => {
	const { kms, broker } = await newKey(
		entryOf({ GrantId: 'a', Name: 'a' }),
		entryOf({ GrantId: 'b', Name: 'b' }),
		entryOf({ GrantId: 'c', Constraints }),
	);
	await expect(broker.createGrant(GRANT)).rejects.toMatchObject({ code: 'CONFLICT' });
	expect(kms.sent('CreateGrant')).toEqual([]);
});

it('reports CONFLICT for a name of its own that is not listed yet', async () => {
	const { kms, broker } = await newKey();
	await broker.createGrant(GRANT);
	await expect(broker.createGrant({ ...GRANT, class: 'BILLING' })).rejects.toMatchObject({ code: 'CONFLICT' });
	expect(kms.sent('CreateGrant')).toHaveLength(1);
});

it('revokes every grant of the name on every page, and none of another', async () => {
	const { kms, broker } = await newKey(
		entryOf({ GrantId: 'a', Name: 'a' }),
		entryOf({ GrantId: 'b' }),
		entryOf({ GrantId: 'c', Constraints: { EncryptionContextEquals: { ...CONTEXT, class: 'BILLING' } } }),
		entryOf({ GrantId: 'd', Name: 'd' }),
		entryOf({ GrantId: 'e' }),
	);
	await broker.revokeGrant({ name: GRANT.name, firm: FIRM });
	expect(kms.sent('RevokeGrant')).toEqual(['b', 'c', 'e'].map((GrantId) => ({ KeyId: arnOf(), GrantId })));
});

it('revokes a grant that it created and that is not listed yet', async () => {
	const { kms, broker } = await newKey();
	await broker.createGrant(GRANT);
	await broker.revokeGrant({ name: GRANT.name, firm: FIRM });
	expect(kms.sent('RevokeGrant')).toEqual([{ KeyId: arnOf(), GrantId: 'g-new' }]);
	await broker.revokeGrant({ name: GRANT.name, firm: FIRM });
	expect(kms.sent('RevokeGrant')).toHaveLength(1);
});

it.each(['NotFoundException', 'InvalidGrantIdException'])('succeeds if the grant is gone: %s', async (error) => {
	const { kms, broker } = await newKey(entryOf());
	kms.script('RevokeGrant', { error });
	await expect(broker.revokeGrant({ name: GRANT.name, firm: FIRM })).resolves.toBeUndefined();
});

it('does not treat a refused revocation as success', async () => {
	const { kms, broker } = await newKey(entryOf());
	for (const error of ['AccessDeniedException', 'KMSInternalException', 'ThrottlingException']) {
		kms.script('RevokeGrant', { error });
		await expect(broker.revokeGrant({ name: GRANT.name, firm: FIRM })).rejects.toMatchObject({
			code: 'KEY_UNAVAILABLE',
		});
	}
	kms.script('RevokeGrant', { json: null });
	await broker.revokeGrant({ name: GRANT.name, firm: FIRM });
	expect(kms.sent('RevokeGrant')).toHaveLength(4);
});

it('lists its own grants from every page, each once, and no one else’s', async () => {
	const { broker } = await newKey(
		entryOf({ GrantId: 'a', CreationDate: 1_700_000_100 }),
		entryOf({ GrantId: 'twice', CreationDate: 1_700_000_100 }),
		entryOf({
			GrantId: 'b',
			Name: 'bg-2-BILLING',
			CreationDate: 1_700_000_200,
			Constraints: { EncryptionContextEquals: { ...CONTEXT, class: 'BILLING' } },
		}),
		entryOf({ GrantId: 'c', Name: 'of-a-service', Constraints: { EncryptionContextSubset: CONTEXT } }),
		entryOf({
			GrantId: 'd',
			Name: 'of-another-firm',
			Constraints: { EncryptionContextEquals: { ...CONTEXT, firm: KEY_ID } },
		}),
		{ GrantId: 'e' },
	);
	expect(await broker.listGrants(FIRM)).toEqual([
		{ ...GRANT, createdAt: new Date(1_700_000_100_000) },
		{ name: 'bg-2-BILLING', firm: FIRM, class: 'BILLING', createdAt: new Date(1_700_000_200_000) },
	]);
});

it('lists no grants for a firm without a key', async () => {
	const { kms, broker } = await newKey(entryOf());
	kms.script('DescribeKey', { error: 'NotFoundException' });
	expect(await broker.listGrants(FIRM)).toEqual([]);
	await broker.revokeGrant({ name: GRANT.name, firm: FIRM });
	expect(kms.sent('ListGrants')).toEqual([]);
	await expect(broker.createGrant(GRANT)).rejects.toMatchObject({ reason: 'REFUSED' });
});

it('creates one grant of a name at a time, so that one of two concurrent requests for different classes is CONFLICT', async () => {
	const { kms, broker } = await newKey();
	const both = await Promise.allSettled([
		broker.createGrant(GRANT),
		broker.createGrant({ ...GRANT, class: 'BILLING' }),
	]);
	expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(kms.sent('CreateGrant')).toHaveLength(1);
});
