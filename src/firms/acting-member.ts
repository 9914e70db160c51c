import type { FirmCustody, FirmPrincipal } from '../access/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Content, ContentField, ContentSession } from '../content/index.ts';
import type { Plane, Selection } from '../database/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import type { KeyLogs } from './key-log/key-logs.ts';

/** What the use cases of a firm need. */
export interface RequestServices {
	readonly plane: Plane;
	/** The same plane with connections reserved for ending access; if left out, `plane` is used. */
	readonly revocationPlane?: Plane;
	readonly content: Content;
	/** Encrypted fields of a type, by field name. */
	readonly fieldsOf: (typeName: string) => Readonly<Record<string, ContentField>>;
	/** Where to write values of a field that is being migrated from a plaintext column; if left out, no field is. */
	readonly writeTargetOf?: ((coordinate: string) => 'PLAIN' | 'BOTH' | 'SEALED') | undefined;
	readonly accountIssuer: AccountIssuer;
	readonly rights: RightsProofs;
	readonly keyLogs: KeyLogs;
	readonly clock: Clock;
	/** Alerts the people on call to a row that gives a right but can't be proven. Ids only. */
	readonly onUnproven?: (unproven: { readonly firm: string; readonly lease: string | null }) => void;
}

export interface AccountIssuer {
	/** Issuer of the tokens that accounts sign in with. */
	readonly issuer: string;
	/** True for the built-in issuer, which assigns subjects. An external issuer has already given each account a subject. */
	readonly assignsSubjects: boolean;
}

/** The member who acts in a request. */
export interface ActingMember {
	readonly session: ContentSession;
	/** User id. */
	readonly user: string;
	readonly firm: string;
	/** The client of a portal user; null for the firm's own people. */
	readonly client: string | null;
	/** The custody of the firm's content classes. */
	readonly custody: FirmCustody;
	/** Bytes of the longest envelope of a field that the operation accepts; if left out, any. */
	readonly maxEnvelopeBytes?: (field: ContentField) => number;
	/** Columns to return of the row that was written. */
	readonly selection: Selection;
}

/** The selection has only the columns that every row has. */
export const toActingMember = (
	session: ContentSession,
	{ user, firm, client, custody = {} }: FirmPrincipal,
): ActingMember => ({
	session,
	user,
	firm,
	client,
	custody,
	selection: { columns: new Set(), client },
});
