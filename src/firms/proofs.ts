import { type AccountIdentity, membershipStatement, operatorStatement, type Statement } from '../access/index.ts';
import type { Account, MemberIdentity, MembershipRow, OperatorRow } from '../database/index.ts';

const identityOf = ({ id, personId, issuer, subject }: Account): AccountIdentity => ({
	user: id,
	person: personId,
	issuer,
	subject,
});

type MembershipFields = Pick<MembershipRow, 'firmId' | 'role' | 'clientId' | 'removedAt'>;

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

export const statementOfOperator = (
	operator: Account & Pick<OperatorRow, 'roles' | 'disabledAt' | 'introducedBy' | 'introducedAt'>,
): Statement => operatorStatement({ ...operator, ...identityOf(operator), active: operator.disabledAt === null });
