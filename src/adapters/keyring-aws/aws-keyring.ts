import { SetupError } from '../../errors.ts';
import {
	assertKeyRight,
	assertKeyringRight,
	type Keyring,
	type KeyringPrincipal,
	PLATFORM_FIRM_ID,
} from '../../keys/index.ts';
import { createOrFindKey } from './create-key.ts';
import { generate, rewrap, rewrapToNext, unwrap, wrap } from './data-key.ts';
import { aliasOf, findKey, toWrappingKey } from './firm-key.ts';
import { AwsGrants, type GrantRoles } from './grants.ts';
import { type Kms, openKms, type Timeouts } from './kms.ts';
import { cancelDeletion, disable, enable, isUnrotated, rotate, scheduleDeletion } from './life-cycle.ts';
import { inspectNextKey, releaseKey, releaseOwnKey, setNextKey, switchKey } from './next-key.ts';
import { adoptKey } from './own-key.ts';

export interface AwsKeyringOptions {
	readonly region: string;
	/** URLs of the services; null, and if left out: the region's endpoint. */
	readonly endpoints?: { readonly kms: string | null; readonly sts: string | null };
	readonly principal: KeyringPrincipal;
	/** ARNs. The principal's role is assumed if there is one. The broker needs the operator's role and its own. */
	readonly roles: Readonly<Record<KeyringPrincipal, string | null>>;
	/** Milliseconds for one call: 1,000 to connect and 1,500 for the answer unless given. */
	readonly timeouts?: Timeouts;
}

const ENDPOINTS_OF_REGION = { kms: null, sts: null };
const TIMEOUTS: Timeouts = { connect: 1_000, request: 1_500 };

/** Shared by the methods of the keyring. */
interface AwsKeyringParts {
	readonly kms: Kms;
	readonly region: string;
	readonly principal: KeyringPrincipal;
	/** ARN of the principal's role. */
	readonly role: string | null;
	/** null unless the principal is the broker. */
	readonly grants: AwsGrants | null;
}

/**
 * The keyring in AWS KMS, with the credentials that the SDK finds for the process. KMS decides what each role may do. The port's rights
 * are checked too, so that a role with too many rights in AWS gains nothing here. Calls no service; check() does.
 * @throws SetupError if the broker lacks one of its two roles.
 */
export function openAwsKeyring(options: AwsKeyringOptions): Keyring {
	const { region, principal, roles } = options;
	const kms = kmsOf(options);
	const grants = principal === 'broker' ? new AwsGrants(kms, rolesOfGrants(roles)) : null;
	const parts = { kms, region, principal, role: roles[principal], grants };
	return {
		...createWrappingKeys(parts),
		...createDataKeyCalls(parts),
		...createOwnKeys(parts),
		...createGrants(parts),
		async check() {
			// A missing key is fine: KMS has answered, and `firmseal init` creates the key.
			await findKey(kms, aliasOf(PLATFORM_FIRM_ID));
		},
	};
}

type WrappingKeys = Pick<
	Keyring,
	'createKey' | 'describeKey' | 'rotateKey' | 'disableKey' | 'enableKey' | 'scheduleDeletion' | 'cancelDeletion'
>;

function createWrappingKeys({ kms, region, principal, role }: AwsKeyringParts): WrappingKeys {
	return {
		async createKey(firm, own) {
			assertKeyringRight(principal, 'createKey');
			const key =
				own === undefined ? await createOrFindKey(kms, firm) : await adoptKey(kms, firm, own, { region, role });
			return toWrappingKey(kms, firm, key);
		},
		async describeKey(firm) {
			assertKeyringRight(principal, 'describeKey');
			const key = await findKey(kms, aliasOf(firm));
			return key && toWrappingKey(kms, firm, key);
		},
		async rotateKey(firm) {
			assertKeyringRight(principal, 'rotateKey');
			return rotate(kms, firm);
		},
		async disableKey(firm) {
			assertKeyringRight(principal, 'disableKey');
			return disable(kms, firm);
		},
		async enableKey(firm) {
			assertKeyringRight(principal, 'enableKey');
			return enable(kms, firm);
		},
		async scheduleDeletion(firm, days) {
			assertKeyringRight(principal, 'scheduleDeletion');
			return scheduleDeletion(kms, firm, days);
		},
		async cancelDeletion(firm) {
			assertKeyringRight(principal, 'cancelDeletion');
			return cancelDeletion(kms, firm);
		},
	};
}

type DataKeyCalls = Pick<Keyring, 'generateDataKey' | 'unwrap' | 'rewrap' | 'wrap' | 'rewrapToNext'>;

function createDataKeyCalls({ kms, principal }: AwsKeyringParts): DataKeyCalls {
	// KMS itself enforces grants.
	const isGranted = () => true;
	return {
		async generateDataKey(context) {
			assertKeyRight(principal, 'generateDataKey', context, isGranted);
			return generate(kms, context);
		},
		async unwrap(context, wrapped, tokens = []) {
			assertKeyRight(principal, 'unwrap', context, isGranted);
			return unwrap(kms, context, wrapped, tokens);
		},
		async rewrap(context, wrapped) {
			assertKeyRight(principal, 'rewrap', context, isGranted);
			return rewrap(kms, context, wrapped);
		},
		async wrap(context, plaintext) {
			assertKeyRight(principal, 'wrap', context, isGranted);
			return wrap(kms, context, plaintext);
		},
		async rewrapToNext(context, wrapped) {
			assertKeyRight(principal, 'rewrapToNext', context, isGranted);
			return rewrapToNext(kms, context, wrapped);
		},
	};
}

type OwnKeys = Pick<Keyring, 'inspectOwnKey' | 'setNextKey' | 'switchKey' | 'releaseKey'>;

function createOwnKeys({ kms, region, principal, role }: AwsKeyringParts): OwnKeys {
	return {
		async inspectOwnKey(firm, own) {
			assertKeyringRight(principal, 'inspectOwnKey');
			return toWrappingKey(kms, firm, await inspectNextKey(kms, firm, own, { region, role }));
		},
		async setNextKey(firm, own) {
			assertKeyringRight(principal, 'setNextKey');
			return toWrappingKey(kms, firm, await setNextKey(kms, firm, own, { region, role }));
		},
		async switchKey(firm, keyId) {
			assertKeyringRight(principal, 'switchKey');
			return toWrappingKey(kms, firm, await switchKey(kms, firm, keyId));
		},
		async releaseKey(firm, side, days) {
			assertKeyringRight(principal, 'releaseKey');
			await (side === 'OWN' ? releaseOwnKey(kms, firm) : releaseKey(kms, firm, side, days));
		},
	};
}

type GrantCalls = Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants'>;

function createGrants({ principal, grants }: AwsKeyringParts): GrantCalls {
	/** Only the broker passes the check, and for the broker `grants` is never null. */
	function grantsFor(act: keyof GrantCalls): AwsGrants {
		assertKeyringRight(principal, act);
		return grants as AwsGrants;
	}
	return {
		createGrant: async (grant) => grantsFor('createGrant').create(grant),
		revokeGrant: async (grant) => grantsFor('revokeGrant').revoke(grant),
		listGrants: async (firm) => grantsFor('listGrants').list(firm),
	};
}

/** Firms whose key was created here but is not rotated each year. @throws KeyUnavailableError */
export async function findUnrotated(options: AwsKeyringOptions, firms: readonly string[]): Promise<readonly string[]> {
	const kms = kmsOf(options);
	const unrotated: string[] = [];
	for (const firm of firms) if (await isUnrotated(kms, firm)) unrotated.push(firm);
	return unrotated;
}

const kmsOf = ({
	region,
	endpoints = ENDPOINTS_OF_REGION,
	principal,
	roles,
	timeouts = TIMEOUTS,
}: AwsKeyringOptions): Kms => openKms({ region, endpoints, principal, role: roles[principal], timeouts });

function rolesOfGrants({ operator, broker }: AwsKeyringOptions['roles']): GrantRoles {
	if (operator && broker) return { operator, broker };
	throw new SetupError(
		'The broker gives grants to the role in FIRMSEAL_KMS_ROLE_OPERATOR and retires them with the role in FIRMSEAL_KMS_ROLE_BROKER: set both.',
	);
}
