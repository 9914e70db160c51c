import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** An e-mail address as it is compared, as lowerCaseAscii() of src/access has it: only A to Z in lower case, whatever the database's locale. */
export const foldedAddress = (address: SQLWrapper | string): SQL => sql`lower(${address} collate "C")`;
