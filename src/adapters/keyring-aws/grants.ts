import { CreateGrantCommand, type GrantListEntry, ListGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import type { KeyContext, KeyGrant } from '../../keys/index.ts';
import { encryptionContext } from './data-key.ts';
import { aliasOf, type FoundKey, findKey, needKey, sideAliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError, unreadableAnswerError } from './kms-errors.ts';

/** ARNs of the roles in a grant. */
export interface GrantRoles {
	/** May unwrap with the grant. */
	readonly operator: string;
	/** May retire the grant. */
	readonly broker: string;
}

/** Milliseconds until all of KMS knows that a grant exists or is gone. AWS says at most five minutes. */
const KNOWN_WITHIN = 300_000;

type NamedGrant = Pick<KeyGrant, 'name' | 'firm'>;

/** A grant that this process made and that KMS may not list yet. */
interface FreshGrant {
	readonly id: string;
	readonly class: string;
	readonly until: number;
}

/** Makes, revokes and lists grants on the keys of firms. */
export class AwsGrants {
	readonly #kms: Kms;
	readonly #roles: GrantRoles;
	readonly #oneByOne = createKeyedQueue();
	/** Lets revoke() find a grant that KMS doesn't list yet. */
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
		// Two grants in KMS with the same name and class count as one, and are revoked together.
		return [...new Map(grants.map((grant) => [`${grant.name} ${grant.class}`, grant])).values()];
	}

	async #create(grant: { readonly name: string } & KeyContext): Promise<KeyGrant> {
		const key = await needKey(this.#kms, grant.firm);
		const named = (await listEntries(this.#kms, key)).filter(({ Name }) => Name === grant.name);
		const classes = named.map((entry) => toGrant(key, grant.firm, entry)?.class);
		const unlisted = this.#fresh.get(idOf(grant));
		if ([...classes, ...(unlisted ? [unlisted.class] : [])].some((each) => each !== grant.class))
			throw new FirmsealError('CONFLICT', 'A grant of this name exists for another class: choose another name.');
		const entry = named.find(({ GranteePrincipal }) => GranteePrincipal === this.#roles.operator);
		const old = entry ? toGrant(key, grant.firm, entry) : null;
		// A grant that all of KMS knows needs no token.
		if (old && Date.now() - old.createdAt.getTime() > KNOWN_WITHIN) return old;
		const { id, token } = await this.#make(key, grant);
		for (const [fresh, { until }] of this.#fresh) if (until < Date.now()) this.#fresh.delete(fresh);
		this.#fresh.set(idOf(grant), { id, class: grant.class, until: Date.now() + KNOWN_WITHIN });
		const createdAt = old?.createdAt ?? (await this.#dateOf(key, grant.firm, id)) ?? new Date();
		return { name: grant.name, firm: grant.firm, class: grant.class, createdAt, token };
	}

	/** If a grant with the same name and terms exists, KMS returns that grant with a new token. */
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

	/** null if KMS doesn't list the grant yet. */
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

	/** The firm's key, and the previous key until it is released: leases from before the switch have their grants there. */
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

/** null if the grant was not made here: it has another context, or none. */
function toGrant(key: FoundKey, firm: string, { Name, CreationDate, Constraints }: GrantListEntry): KeyGrant | null {
	const context = Constraints?.EncryptionContextEquals ?? {};
	const keyClass = context.class;
	if (!Name || !keyClass || context.app !== 'firmseal' || context.firm !== firm) return null;
	// KMS may leave out the date. The grant is not older than its key.
	return { name: Name, firm, class: keyClass, createdAt: CreationDate ?? key.createdAt };
}

/**
 * Runs the calls for one name one after the other. KMS allows two grants of one name, so within this process no other call for the name
 * may run between listing and creating.
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
