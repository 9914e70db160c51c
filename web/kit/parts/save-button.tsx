interface SaveButtonProps {
	readonly label: string;
	readonly isSaving: boolean;
}

/** The button that submits a form. It keeps the focus while it works. */
export const SaveButton = ({ label, isSaving }: SaveButtonProps) => (
	<button type="submit" className="primary" aria-disabled={isSaving}>
		{isSaving ? 'Saving …' : label}
	</button>
);
