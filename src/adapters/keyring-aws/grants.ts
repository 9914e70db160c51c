import { CreateGrantCommand, type GrantListEntry, ListGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import type { KeyContext, KeyGrant } from '../../keys/index.ts';
import { encryptionContext } from './data-key.ts';
import { aliasOf, type FoundKey, findKey, needKey, sideAliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError, unreadableAnswerError } from './kms-errors.ts';

/** ARNs of the roles in a grant. */
export interface GrantRoles {
	/** May unwrap by it. */
	readonly operator: string;
	/** May give it up. */
	readonly broker: string;
}

/** How long a grant may be in use, or gone, before all of KMS knows. In milliseconds; AWS says five minutes at most. */
const KNOWN_WITHIN = 300_000;

type NamedGrant = Pick<KeyGrant, 'name' | 'firm'>;

/** Made here, and perhaps not listed yet. */
interface FreshGrant {
	readonly id: string;
	readonly class: string;
	readonly until: number;
}

/** The grants of one process on the keys of its firms. */
export class AwsGrants {
	readonly #kms: Kms;
	readonly #roles: GrantRoles;
	readonly #oneByOne = createKeyedQueue();
	/** One that is revoked at once must be found too. */
	readonly #fresh = new Map<string, FreshGrant>();

	constructor(kms: Kms, roles: GrantRoles) {
		this.#kms = kms;
		this.#roles = roles;
	}

	create(grant: { readonly name: string } & KeyContext): Promise<KeyGrant> {
		return this.#oneByOne(idOf(grant), () => this.#create(grant));
	}

	revoke(grant: NamedGrant): Promise<void> {
		return this.#oneByOne(idOf(grant), () => this.#revoke(grant));
	}

	async list(firm: string): Promise<readonly KeyGrant[]> {
		const grants: KeyGrant[] = [];
		for (const key of await this.#keysOf(firm))
			grants.push(...(await listEntries(this.#kms, key)).flatMap((entry) => toGrant(key, firm, entry) ?? []));
		// One that KMS holds twice is one grant to the caller, and revoked as one.
		return [...new Map(grants.map((grant) => [`${grant.name} ${grant.class}`, grant])).values()];
	}

	async #create(grant: { readonly name: string } & KeyContext): Promise<KeyGrant> {
		const key = await needKey(this.#kms, grant.firm);
		const named = (await listEntries(this.#kms, key)).filter(({ Name }) => Name === grant.name);
		const classes = named.map((entry) => toGrant(key, grant.firm, entry)?.class);
		const unlisted = this.#fresh.get(idOf(grant));
		if ([...classes, ...(unlisted ? [unlisted.class] : [])].some((each) => each !== grant.class))
			throw new FirmsealError('CONFLICT', 'The firm has a grant of this name for another class: choose another name.');
		const entry = named.find(({ GranteePrincipal }) => GranteePrincipal === this.#roles.operator);
		const old = entry ? toGrant(key, grant.firm, entry) : null;
		// One that all of KMS knows needs no token.
		if (old && Date.now() - old.createdAt.getTime() > KNOWN_WITHIN) return old;
		const { id, token } = await this.#make(key, grant);
		for (const [fresh, { until }] of this.#fresh) if (until < Date.now()) this.#fresh.delete(fresh);
		this.#fresh.set(idOf(grant), { id, class: grant.class, until: Date.now() + KNOWN_WITHIN });
		const createdAt = old?.createdAt ?? (await this.#dateOf(key, grant.firm, id)) ?? new Date();
		return { name: grant.name, firm: grant.firm, class: grant.class, createdAt, token };
	}

	/** Made again with the same name and terms, KMS answers the one that is there, with another token. */
	async #make(key: FoundKey, grant: { readonly name: string } & KeyContext) {
		const command = new CreateGrantCommand({
			KeyId: key.arn,
			Name: grant.name,
			GranteePrincipal: this.#roles.operator,
			RetiringPrincipal: this.#roles.broker,
			Operations: ['Decrypt'],
			Constraints: { EncryptionContextEquals: encryptionContext(grant) },
		});
		const { GrantId: id, GrantToken: token } = await this.#kms((client, options) => client.send(command, options));
		if (!id || !token) throw unreadableAnswerError();
		return { id, token };
	}

	/** null: it isn't listed yet. */
	async #dateOf(key: FoundKey, firm: string, id: string): Promise<Date | null> {
		const entry = (await listEntries(this.#kms, key)).find(({ GrantId }) => GrantId === id);
		return (entry && toGrant(key, firm, entry)?.createdAt) ?? null;
	}

	async #revoke(grant: NamedGrant): Promise<void> {
		for (const key of await this.#keysOf(grant.firm)) {
			const listed = (await listEntries(this.#kms, key)).filter(({ Name }) => Name === grant.name);
			const ids = new Set(listed.map(({ GrantId }) => GrantId));
			const unlisted = this.#fresh.get(idOf(grant));
			if (unlisted) ids.add(unlisted.id);
			for (const id of ids) await this.#revokeById(key, id);
		}
		this.#fresh.delete(idOf(grant));
	}

	async #revokeById(key: FoundKey, id: string | undefined): Promise<void> {
		await this.#kms((client, options) =>
			client
				.send(new RevokeGrantCommand({ KeyId: key.arn, GrantId: id }), options)
				.catch(replaceError('NotFoundException', null))
				.catch(replaceError('InvalidGrantIdException', null)),
		);
	}

	/** The firm's, and the one before while it is not let go: a lease that was open then has its grants there. */
	async #keysOf(firm: string): Promise<readonly FoundKey[]> {
		const key = await findKey(this.#kms, aliasOf(firm));
		if (!key) return [];
		const previous = await findKey(this.#kms, sideAliasOf(firm, 'previous'));
		return previous && previous.id !== key.id ? [key, previous] : [key];
	}
}

const idOf = ({ firm, name }: { readonly firm: string; readonly name: string }) => `${firm} ${name}`;

async function listEntries(kms: Kms, { arn }: FoundKey): Promise<readonly GrantListEntry[]> {
	const entries: GrantListEntry[] = [];
	let marker: string | undefined;
	do {
		const { Grants, NextMarker } = await kms((client, options) =>
			client.send(new ListGrantsCommand({ KeyId: arn, Limit: 100, Marker: marker }), options),
		);
		if (!Grants) throw unreadableAnswerError();
		entries.push(...Grants);
		marker = NextMarker || undefined;
	} while (marker !== undefined);
	return entries;
}

/** null: it was not made here, since it has another context, or none. */
function toGrant(key: FoundKey, firm: string, { Name, CreationDate, Constraints }: GrantListEntry): KeyGrant | null {
	const context = Constraints?.EncryptionContextEquals ?? {};
	const keyClass = context.class;
	if (!Name || !keyClass || context.app !== 'firmseal' || context.firm !== firm) return null;
	// KMS need not say when: not before its key.
	return { name: Name, firm, class: keyClass, createdAt: CreationDate ?? key.createdAt };
}

/**
 * Acts with one name one after the other: KMS lets two grants have one name, so that a look and the making of a grant after it must not
 * be interrupted; in this process, at least.
 */
function createKeyedQueue() {
	const last = new Map<string, Promise<unknown>>();
	return <Value>(name: string, act: () => Promise<Value>): Promise<Value> => {
		const turn = (last.get(name) ?? Promise.resolve()).then(act, act);
		last.set(name, turn);
		const leave = () => {
			if (last.get(name) === turn) last.delete(name);
		};
		turn.then(leave, leave);
		return turn;
	};
}
