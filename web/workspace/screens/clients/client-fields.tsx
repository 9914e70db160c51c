import { Field } from '../../../kit/parts/index.ts';

export interface ClientValues {
	readonly name: string;
	readonly email: string;
	readonly [name: string]: string;
}

interface ClientFieldsProps {
	readonly values: ClientValues;
	readonly onChange: (part: Partial<ClientValues>) => void;
}

/** What can be said of a client. */
export const ClientFields = ({ values, onChange }: ClientFieldsProps) => (
	<>
		<Field label="Name" hint="The platform can read names and addresses of clients.">
			{(control) => (
				<input
					{...control}
					required
					maxLength={200}
					autoComplete="off"
					value={values.name}
					onChange={({ target }) => onChange({ name: target.value })}
				/>
			)}
		</Field>
		<Field label="E-mail" hint="Optional. No one can sign in by it: invite people under Members.">
			{(control) => (
				<input
					{...control}
					type="email"
					maxLength={200}
					autoComplete="off"
					value={values.email}
					onChange={({ target }) => onChange({ email: target.value })}
				/>
			)}
		</Field>
	</>
);
