import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/**
 * Most of what hidesNothing() of src/access refuses in lines, as PostgreSQL can say it: people decide by such text, and a
 * login of the database can write it past the program. Without the joiners and variants that some scripts need.
 */
const HIDDEN = String.raw`\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0060`;

/** A CHECK of text that shows all that it holds, in lines. */
export const showsLines = (text: SQLWrapper): SQL => sql`${text} !~ ${sql.raw(`'[${HIDDEN}]'`)}`;

/** The same of one line. */
export const showsLine = (text: SQLWrapper): SQL => sql`${text} !~ ${sql.raw(String.raw`'[\u000a${HIDDEN}]'`)}`;
