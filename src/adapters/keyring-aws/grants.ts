import { CreateGrantCommand, type GrantListEntry, ListGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import type { KeyContext, KeyGrant } from '../../keys/index.ts';
import { encryptionContext } from './data-key.ts';
import { aliasOf, type FoundKey, findKey, needKey, sideAliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError, unreadableAnswer } from './kms-errors.ts';

/** ARNs of the roles in a grant. */
export interface GrantRoles {
	/** May unwrap by it. */
	readonly operator: string;
	/** May give it up. */
	readonly broker: string;
}

/** How long a grant may be in use, or gone, before all of KMS knows. In milliseconds; AWS says five minutes at most. */
const KNOWN_WITHIN = 300_000;

/** The grants of one process on the keys of its firms. */
export interface Grants {
	create(grant: { readonly name: string } & KeyContext): Promise<KeyGrant>;
	revoke(grant: { readonly name: string; readonly firm: string }): Promise<void>;
	list(firm: string): Promise<readonly KeyGrant[]>;
}

export function openGrants(kms: Kms, roles: GrantRoles): Grants {
	const alone = createKeyedQueue();
	// Made here and perhaps not listed yet: whoever revokes one at once must find it.
	const fresh = new Map<string, { readonly id: string; readonly class: string; readonly until: number }>();

	async function create(grant: { readonly name: string } & KeyContext): Promise<KeyGrant> {
		const key = await needKey(kms, grant.firm);
		const named = (await listEntries(kms, key)).filter(({ Name }) => Name === grant.name);
		const classes = named.map((entry) => toGrant(key, grant.firm, entry)?.class);
		const unlisted = fresh.get(placeOf(grant));
		if ([...classes, ...(unlisted ? [unlisted.class] : [])].some((each) => each !== grant.class))
			throw new FirmsealError('CONFLICT', 'The firm has a grant of this name for another class: choose another name.');
		const entry = named.find(({ GranteePrincipal }) => GranteePrincipal === roles.operator);
		const old = entry ? toGrant(key, grant.firm, entry) : null;
		// One that all of KMS knows needs no token.
		if (old && Date.now() - old.createdAt.getTime() > KNOWN_WITHIN) return old;
		const { id, token } = await make(key, grant);
		for (const [place, { until }] of fresh) if (until < Date.now()) fresh.delete(place);
		fresh.set(placeOf(grant), { id, class: grant.class, until: Date.now() + KNOWN_WITHIN });
		const createdAt = old?.createdAt ?? (await dateOf(key, grant.firm, id)) ?? new Date();
		return { name: grant.name, firm: grant.firm, class: grant.class, createdAt, token };
	}

	/** Made again with the same name and terms, KMS answers the one that is there, with another token. */
	async function make(key: FoundKey, grant: { readonly name: string } & KeyContext) {
		const command = new CreateGrantCommand({
			KeyId: key.arn,
			Name: grant.name,
			GranteePrincipal: roles.operator,
			RetiringPrincipal: roles.broker,
			Operations: ['Decrypt'],
			Constraints: { EncryptionContextEquals: encryptionContext(grant) },
		});
		const { GrantId: id, GrantToken: token } = await kms((client, options) => client.send(command, options));
		if (!id || !token) throw unreadableAnswer();
		return { id, token };
	}

	/** null: it isn't listed yet. */
	async function dateOf(key: FoundKey, firm: string, id: string): Promise<Date | null> {
		const entry = (await listEntries(kms, key)).find(({ GrantId }) => GrantId === id);
		return (entry && toGrant(key, firm, entry)?.createdAt) ?? null;
	}

	/** The firm's, and the one before while it is not let go: a lease that was open then has its grants there. */
	async function keysOf(firm: string): Promise<readonly FoundKey[]> {
		const key = await findKey(kms, aliasOf(firm));
		if (!key) return [];
		const previous = await findKey(kms, sideAliasOf(firm, 'previous'));
		return previous && previous.id !== key.id ? [key, previous] : [key];
	}

	async function revoke(grant: { readonly name: string; readonly firm: string }): Promise<void> {
		for (const key of await keysOf(grant.firm)) {
			const listed = (await listEntries(kms, key)).filter(({ Name }) => Name === grant.name);
			const ids = new Set(listed.map(({ GrantId }) => GrantId));
			const unlisted = fresh.get(placeOf(grant));
			if (unlisted) ids.add(unlisted.id);
			for (const id of ids)
				await kms((client, options) =>
					client
						.send(new RevokeGrantCommand({ KeyId: key.arn, GrantId: id }), options)
						.catch(replaceError('NotFoundException', null))
						.catch(replaceError('InvalidGrantIdException', null)),
				);
		}
		fresh.delete(placeOf(grant));
	}

	return {
		create: (grant) => alone(placeOf(grant), () => create(grant)),
		revoke: (grant) => alone(placeOf(grant), () => revoke(grant)),
		async list(firm) {
			const grants: KeyGrant[] = [];
			for (const key of await keysOf(firm))
				grants.push(...(await listEntries(kms, key)).flatMap((entry) => toGrant(key, firm, entry) ?? []));
			// One that KMS holds twice is one grant to whoever asks, and revoked as one.
			return [...new Map(grants.map((grant) => [`${grant.name} ${grant.class}`, grant])).values()];
		},
	};
}

const placeOf = ({ firm, name }: { readonly firm: string; readonly name: string }) => `${firm} ${name}`;

async function listEntries(kms: Kms, { arn }: FoundKey): Promise<readonly GrantListEntry[]> {
	const entries: GrantListEntry[] = [];
	let marker: string | undefined;
	do {
		const { Grants, NextMarker } = await kms((client, options) =>
			client.send(new ListGrantsCommand({ KeyId: arn, Limit: 100, Marker: marker }), options),
		);
		if (!Grants) throw unreadableAnswer();
		entries.push(...Grants);
		marker = NextMarker || undefined;
	} while (marker !== undefined);
	return entries;
}

/** null: nobody here has made it, since it has another context, or none. */
function toGrant(key: FoundKey, firm: string, { Name, CreationDate, Constraints }: GrantListEntry): KeyGrant | null {
	const context = Constraints?.EncryptionContextEquals ?? {};
	const keyClass = context.class;
	if (!Name || !keyClass || context.app !== 'firmseal' || context.firm !== firm) return null;
	// KMS need not say when: not before its key.
	return { name: Name, firm, class: keyClass, createdAt: CreationDate ?? key.createdAt };
}

/** KMS lets two grants have one name, so that whoever looks before making one must be alone with the name; here, at least. */
function createKeyedQueue() {
	const last = new Map<string, Promise<unknown>>();
	return <Value>(place: string, act: () => Promise<Value>): Promise<Value> => {
		const turn = (last.get(place) ?? Promise.resolve()).then(act, act);
		last.set(place, turn);
		const leave = () => {
			if (last.get(place) === turn) last.delete(place);
		};
		turn.then(leave, leave);
		return turn;
	};
}
