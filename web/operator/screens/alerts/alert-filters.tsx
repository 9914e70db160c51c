import type { AlertFilter, AlertRule, AlertSeverity } from '../../../kit/api/operator.generated.ts';
import { SelectField } from '../../../kit/parts/index.ts';
import { FirmSelect } from '../../firms/index.ts';
import { ruleNames, SEVERITIES } from './rules.ts';

/** '' is no condition. */
export interface AlertChoice {
	readonly state: 'OPEN' | 'DONE' | '';
	readonly severity: AlertSeverity | '';
	readonly rule: AlertRule | '';
	readonly firm: string;
}

export const OPEN_ALERTS: AlertChoice = { state: 'OPEN', severity: '', rule: '', firm: '' };

export const filterOf = ({ state, severity, rule, firm }: AlertChoice): AlertFilter => ({
	...(state && { isAcknowledged: state === 'DONE' }),
	...(severity && { severity }),
	...(rule && { rule }),
	...(firm && { firmId: firm }),
});

const STATES = [
	['OPEN', 'Open'],
	['DONE', 'Acknowledged'],
] as const;
const SEVERITY_OPTIONS = Object.entries(SEVERITIES) as [AlertSeverity, string][];

interface AlertFiltersProps {
	readonly choice: AlertChoice;
	readonly onChange: (choice: AlertChoice) => void;
}

export function AlertFilters({ choice, onChange }: AlertFiltersProps) {
	const set = (change: Partial<AlertChoice>) => onChange({ ...choice, ...change });
	return (
		<search className="grid filters" aria-label="Filter the alerts">
			<SelectField
				label="State"
				value={choice.state}
				options={STATES}
				none="Open and acknowledged"
				onChange={(state) => set({ state })}
			/>
			<SelectField
				label="How soon"
				value={choice.severity}
				options={SEVERITY_OPTIONS}
				none="Now and today"
				onChange={(severity) => set({ severity })}
			/>
			<SelectField
				label="What"
				value={choice.rule}
				options={ruleNames}
				none="Everything"
				onChange={(rule) => set({ rule })}
			/>
			<FirmSelect value={choice.firm} onChange={(firm) => set({ firm })} />
		</search>
	);
}
