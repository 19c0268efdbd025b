// What went wrong with a form, where it did.
export const Problem = ({ text }: { readonly text: string | null }) =>
  text === null ? null : (
    <p class="problem simulator-end" role="alert">
      {text}
    </p>
  );
