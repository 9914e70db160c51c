import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/**
 * hasNoHiddenCharacters() of src/access as a pattern for PostgreSQL, which does not know Unicode properties. People decide by such text, and a login
 * of the database can write it without the program. The pattern accepts all that the program accepts, in any version of Unicode, and more, as
 * SECURITY.md says; test/database/shape.test.ts compares the two.
 */
const HIDDEN = String.raw`\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff`;
/** `\p{Zs}` */
const BLANK = String.raw`\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`;
/** Blocks of symbols that include emoji. */
const EMOJI = String.raw`[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?`;
/** The flags of England, Scotland and Wales, as tag sequences. */
const FLAG = String.raw`\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f`;
/** Blocks of scripts whose words need joiners, and of marks that they share with other scripts, without hidden characters. */
const JOINING = String.raw`[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]`;
const LETTER = String.raw`(?:${JOINING}|[\u1820-\u18aa][\u180b-\u180d\u180f])`;
const IDEOGRAPH = String.raw`[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd]`;
const ALLOWED_SEQUENCES = [
	String.raw`[#*0-9]\ufe0f\u20e3`,
	String.raw`${EMOJI}(?:\u200d${EMOJI})*`,
	FLAG,
	String.raw`${LETTER}(?:[\u200c\u200d]${LETTER})*`,
	String.raw`${IDEOGRAPH}[\ufe00-\ufe02\U000e0100-\U000e01ef]`,
].join('|');

const visibleTextCheck = (text: SQLWrapper, hidden: string): SQL =>
	sql`${text} ~ ${sql.raw(`'^(?:[^${hidden}]|${ALLOWED_SEQUENCES})*$'`)}`;

/** Two empty lines in a row, or nine blanks, as in fitsDisplay() of src/access. */
const GAP = String.raw`(?:^|\n)[${BLANK}]*\n[${BLANK}]*(?:\n|$)|[${BLANK}]{9}`;

/** A CHECK for text of few lines, without hidden characters and gaps. */
export const visibleLinesCheck = (text: SQLWrapper): SQL =>
	sql`cardinality(string_to_array(${text}, chr(10))) <= 40 and ${text} !~ ${sql.raw(`'${GAP}'`)} and ${visibleTextCheck(text, HIDDEN)}`;

/** The same for one line. */
export const visibleLineCheck = (text: SQLWrapper): SQL => visibleTextCheck(text, String.raw`\u000a${HIDDEN}`);
