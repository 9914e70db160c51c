import { type AccountIdentity, membershipStatement, operatorStatement, type Statement } from '../access/index.ts';
import type { Account, MemberIdentity, MembershipRow, OperatorRow } from '../database/index.ts';

/** An account as proofs name it. */
const identityOf = ({ id, personId, issuer, subject }: Account): AccountIdentity => ({
	user: id,
	person: personId,
	issuer,
	subject,
});

type MembershipFields = Pick<MembershipRow, 'firmId' | 'role' | 'clientId' | 'removedAt'>;

/** What a membership's proof says. */
export const statementOfMember = (
	{ firmId, role, clientId, removedAt }: MembershipFields,
	userId: string,
	identity: MemberIdentity,
): Statement =>
	membershipStatement({
		...identityOf({ id: userId, ...identity }),
		firm: firmId,
		role,
		client: clientId,
		active: removedAt === null,
	});

/** What an operator's proof says. */
export const statementOfOperator = (
	operator: Account & Pick<OperatorRow, 'roles' | 'disabledAt' | 'introducedBy' | 'introducedAt'>,
): Statement => operatorStatement({ ...operator, ...identityOf(operator), active: operator.disabledAt === null });
