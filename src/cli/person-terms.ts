import type { PersonTerms } from '../lifecycle/index.ts';
import { markedRows } from './marked-rows.ts';

/** All that an approver agrees to. */
export const describePerson = ({
	email,
	name,
	roles,
	person,
	said,
	sameAs,
	isNew,
	issuer,
	subject,
}: PersonTerms): string =>
	markedRows([
		['Name', name],
		['E-mail', email],
		['Roles', `${roles.join(', ')}${isNew ? '' : ', in place of those that the account has'}`],
		[
			'Person',
			`${person}${said === null ? '' : `, by ${said}`}, ${sameAs === null ? (isNew ? 'new' : 'as before') : `the same as ${sameAs}`}`,
		],
		['Signs in as', `${subject}, at ${issuer}`],
	]);
