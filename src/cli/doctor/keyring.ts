import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, selectAllFirms, selectDataKeyListing, selectOwnKeyStates } from '../../database/index.ts';
import { type DescribedKey, describeKeys, isInstallationProven, wrappingKeyStateOf } from '../../firms/index.ts';
import {
	assertKeyringMatches,
	type Installation,
	keyServiceOf,
	openKeyring,
	PLATFORM_FIRM_ID,
} from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/**
 * Opening a local one has read every firm's file and compared the root key; a service is asked. Then each firm, and the platform, must
 * have a key that works and under which its data keys are.
 */
export async function inspectKeyring(config: Config, { worker, database }: Installation): Promise<DatabaseCheck[]> {
	const keyring = await openKeyring(config, 'worker');
	const check = 'the keyring opens and belongs to this installation';
	const away = await keyring.check().then(
		() => null,
		(error: unknown) => toCommandError(error).message,
	);
	if (away !== null) return [{ check, ok: false, mend: away }];
	const foreign = await assertKeyringMatches(config, database).then(
		() => null,
		(error: unknown) => toCommandError(error).message,
	);
	// What is erased has no key that works.
	const there = (await worker.read(null, selectAllFirms)).filter(({ status }) => status !== 'ERASED');
	const firms = [{ id: PLATFORM_FIRM_ID, slug: 'the platform' }, ...there];
	const keys = await describeKeys(keyring, firms);
	const isProven = await isInstallationProven(keyring);
	return [
		{ check, ok: foreign === null, mend: foreign },
		...keys.map(works),
		await findElsewhere(keys, worker),
		...(await ownKeysOpen(keys, worker)),
		...(await rotation(config, keys)),
		{
			check: 'the rights of everybody who was there before are proven',
			ok: isProven,
			mend: isProven
				? null
				: foreign === null
					? 'Run `firmseal init`.'
					: 'First give it the keyring that belongs to it.',
		},
	];
}

function works(described: DescribedKey): DatabaseCheck {
	const check = `the wrapping key of ${described.slug} works`;
	const { key, refusal } = described;
	if (key?.state === 'ENABLED') return { check, ok: true, mend: null };
	return {
		check,
		ok: false,
		mend: refusal?.message ?? `It is ${wrappingKeyStateOf(described)}: restore or enable it.`,
	};
}

/** Data keys that were wrapped under another key than the firm has now: they don't open. */
async function findElsewhere(keys: readonly DescribedKey[], worker: Installation['worker']): Promise<DatabaseCheck> {
	const check = 'every data key was wrapped under the wrapping key that its firm has';
	const ids = new Map(keys.flatMap(({ id, key }) => (key ? [[id, key.keyId]] : [])));
	const dataKeys = await worker.read(null, (tx) => selectDataKeyListing(tx, null));
	const elsewhere = dataKeys.filter(
		({ firm, keyId, state }) => state !== 'DESTROYED' && ids.has(firm) && ids.get(firm) !== keyId,
	);
	const slugs = new Set(elsewhere.map(({ firm }) => keys.find(({ id }) => id === firm)?.slug));
	if (elsewhere.length === 0) return { check, ok: true, mend: null };
	const mend = `Those of ${[...slugs].join(', ')} were not: let a job that changes the key end; else give the firm the key back that it had, or its name in the key service.`;
	return { check, ok: false, mend };
}

/** As a worker saw them last; none where no firm has brought one. */
async function ownKeysOpen(keys: readonly DescribedKey[], worker: Installation['worker']): Promise<DatabaseCheck[]> {
	const states = await worker.read(null, (tx) => selectOwnKeyStates(tx, null));
	return states.map(({ firmId, state, since }) => {
		const slug = keys.find(({ id }) => id === firmId)?.slug ?? firmId;
		const ok = state === 'HEALTHY' || state === 'RESTORED';
		const mend = `It is ${state} since ${since.toISOString()}: ${
			state === 'REVOKED' ? 'ask the firm, which alone gives it back.' : 'see that the key service can be reached.'
		}`;
		return { check: `the key that ${slug} has brought opens`, ok, mend: ok ? null : mend };
	});
}

/** Of the firms' own keys, each firm decides. */
async function rotation(config: Config, keys: readonly DescribedKey[]): Promise<DatabaseCheck[]> {
	const service = keyServiceOf(config);
	if (!service) return [];
	const check = 'the key service rotates every wrapping key that it has made here';
	const made = keys.filter(({ key }) => key && !key.isOwn);
	const mend = await service
		.findUnrotated(
			config,
			made.map(({ id }) => id),
		)
		.then(
			(ids) => {
				const slugs = made.filter(({ id }) => ids.includes(id)).map(({ slug }) => slug);
				return slugs.length > 0 ? `Turn on the yearly rotation of the keys of ${slugs.join(', ')}.` : null;
			},
			(error: unknown) => toCommandError(error).message,
		);
	return [{ check, ok: mend === null, mend }];
}
