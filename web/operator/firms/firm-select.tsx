import { SelectField } from '../../kit/parts/index.ts';
import { useFirmNames } from './use-firm-names.ts';

interface FirmSelectProps {
	/** The firm's id; '' for all. */
	readonly value: string;
	readonly none?: string;
	readonly onChange: (id: string) => void;
}

/** A choice of one firm. */
export function FirmSelect({ value, none = 'All firms', onChange }: FirmSelectProps) {
	const { firms } = useFirmNames();
	const options = firms.map(({ id, name }) => [id, name] as const);
	return <SelectField label="Firm" value={value} options={options} none={none} onChange={onChange} />;
}
