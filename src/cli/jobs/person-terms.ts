import type { PersonTerms } from '../../jobs/index.ts';

/** All that an approver agrees to of a person, each with what it is. */
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
}: PersonTerms): (readonly [string, string])[] => [
	['name', name],
	['e-mail', email],
	['roles', `${roles.join(', ')}${isNew ? '' : ', in place of those that the account has'}`],
	[
		'person',
		`${person}${said === null ? '' : `, by ${said}`}, ${sameAs === null ? (isNew ? 'new' : 'as before') : `the same as ${sameAs}`}`,
	],
	['signs in as', `${subject}, at ${issuer}`],
];
