import type { FirmPrincipal } from '../access/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Content, ContentField, ContentSession } from '../content/index.ts';
import type { Plane, Selection } from '../database/index.ts';
import type { RightsProofs } from '../keys/index.ts';

/** What a use case of a firm works with: the firm's rows, the door to content, and which fields are content. */
export interface RequestServices {
	readonly plane: Plane;
	/** The same rows by connections that are for ending access only; left out: `plane`. */
	readonly revocationPlane?: Plane;
	readonly content: Content;
	/** Encrypted fields of a type, by field name. */
	readonly fieldsOf: (typeName: string) => Readonly<Record<string, ContentField>>;
	/** Where values of a field are written to that takes over a column of plaintext; left out: no field does. */
	readonly writeTargetOf?: ((coordinate: string) => 'PLAIN' | 'BOTH' | 'SEALED') | undefined;
	readonly accountIssuer: AccountIssuer;
	readonly rights: RightsProofs;
	readonly clock: Clock;
	/** For the person on call: a row that gives a right and can't prove it. Ids only. */
	readonly onUnproven?: (unproven: { readonly firm: string; readonly lease: string | null }) => void;
}

/** How accounts are told apart. */
export interface AccountIssuer {
	/** Issuer of the tokens that accounts sign in with. */
	readonly issuer: string;
	/** The built-in issuer names accounts itself; any other has given them a subject already. */
	readonly assignsSubjects: boolean;
}

/** Who acts, in which request. */
export interface ActingMember {
	readonly session: ContentSession;
	/** User id. */
	readonly user: string;
	readonly firm: string;
	/** The client whom someone of the portal is of; null for the firm's own people. */
	readonly client: string | null;
	/** What is answered of the row that was written. */
	readonly selection: Selection;
}

/** Someone of a firm who acts in a request; of what is written, nothing is answered but what every row carries. */
export const toActingMember = (session: ContentSession, { user, firm, client }: FirmPrincipal): ActingMember => ({
	session,
	user,
	firm,
	client,
	selection: { columns: new Set(), client },
});
