import { PLATFORM_FIRM_ID } from '../src/keys/index.ts';

/** Conditions of IAM and key policies on a request: operator, condition key, values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Combines conditions, all of which must hold. @throws Error if two have the same operator and condition key */
export function together(...all: readonly Conditions[]): Record<string, Record<string, string | readonly string[]>> {
	const joined: Record<string, Record<string, string | readonly string[]>> = {};
	for (const [operator, keys] of all.flatMap((one) => Object.entries(one)))
		for (const [key, value] of Object.entries(keys)) {
			if (joined[operator]?.[key] !== undefined) throw new Error(`${operator} compares ${key} twice.`);
			joined[operator] = { ...joined[operator], [key]: value };
		}
	return joined;
}

const UUID = '????????-????-????-????-????????????';
const FIRM = 'kms:EncryptionContext:firm';

/** The encryption context of a data key of one of these classes, without further keys. Combined with one of the owners below. */
export function inContext(classes: readonly string[]): Conditions {
	return {
		StringEquals: { 'kms:EncryptionContext:app': 'firmseal', 'kms:EncryptionContext:class': classes },
		'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['app', 'firm', 'class'] },
	};
}

export const ofAll: Conditions = { StringLike: { [FIRM]: UUID } };

export const ofAFirm: Conditions = together(ofAll, { StringNotEquals: { [FIRM]: PLATFORM_FIRM_ID } });

export const ofThePlatform: Conditions = { StringEquals: { [FIRM]: PLATFORM_FIRM_ID } };

export const ALIASES = 'alias/firmseal/';
const ALIAS = 'kms:RequestAlias';

/** Calls by an alias of Firmseal, which count as soon as the alias exists. */
export const byAlias: Conditions = { StringLike: { [ALIAS]: `${ALIASES}*` } };

export const byAliasOfAFirm: Conditions = together(byAlias, {
	StringNotEquals: { [ALIAS]: `${ALIASES}${PLATFORM_FIRM_ID}` },
});

export const byAliasOfThePlatform: Conditions = { StringEquals: { [ALIAS]: `${ALIASES}${PLATFORM_FIRM_ID}` } };

export const FIRM_TAG = 'firmseal:firm';
export const OWN_KEY_TAG = 'firmseal:own-key';

/** Requests that add or remove the tags of Firmseal and no others. */
export const ourTags: Conditions = { 'ForAllValues:StringEquals': { 'aws:TagKeys': [FIRM_TAG, OWN_KEY_TAG] } };

/** A key with the tag of Firmseal. AWS applies a new tag after up to five minutes, so only calls that come later require it. */
export const tagged: Conditions = { StringLike: { [`aws:ResourceTag/${FIRM_TAG}`]: '?*' } };
