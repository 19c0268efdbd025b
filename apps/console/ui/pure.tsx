// Lets a part of a page be drawn again only when what it is handed is another, whatever is around it.
// For parts of which there are hundreds; hooks within them work as ever.
import { Component, type ComponentChild, type FunctionComponent } from 'preact';

export function pure<Props extends object>(View: (props: Props) => ComponentChild): FunctionComponent<Props> {
  class Pure extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.length !== Object.keys(this.props).length || names.some((name) => !Object.is(next[name], this.props[name]));
    }
    override render(props: Props): ComponentChild {
      return <View {...props} />;
    }
  }
  return Pure as unknown as FunctionComponent<Props>;
}
