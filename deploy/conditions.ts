import { PLATFORM_FIRM_ID } from '../src/keys/index.ts';

/** What IAM and key policies compare with what a request says: operators, of names of what is compared, with values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Conditions that must hold together. @throws Error when two say something of the same thing by the same operator. */
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

/** The encryption context of a data key of one of these classes, whole and nothing beside it; with whose it is, below. */
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

/** By the name of one of our keys: it says which key is meant from the moment it is there. */
export const byAlias: Conditions = { StringLike: { [ALIAS]: `${ALIASES}*` } };

export const byAliasOfAFirm: Conditions = together(byAlias, {
	StringNotEquals: { [ALIAS]: `${ALIASES}${PLATFORM_FIRM_ID}` },
});

export const byAliasOfThePlatform: Conditions = { StringEquals: { [ALIAS]: `${ALIASES}${PLATFORM_FIRM_ID}` } };

export const FIRM_TAG = 'firmseal:firm';
export const OWN_KEY_TAG = 'firmseal:own-key';

/** Our tags and no others, of a request that puts tags on or takes them off. */
export const ourTags: Conditions = { 'ForAllValues:StringEquals': { 'aws:TagKeys': [FIRM_TAG, OWN_KEY_TAG] } };

/** A key that has our tag. AWS lets a tag count after up to five minutes, so that is asked for where nobody comes sooner. */
export const tagged: Conditions = { StringLike: { [`aws:ResourceTag/${FIRM_TAG}`]: '?*' } };
