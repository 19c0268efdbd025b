// Puts the console into the page. Everything else is below app.tsx.
import { render } from 'preact';
import { App } from './app.js';
import './styles.css';
import { LanguageProvider } from './words/language.js';

const root = document.getElementById('console');
if (root === null) throw new Error('index.html has no element #console');
render(
  <LanguageProvider>
    <App />
  </LanguageProvider>,
  root,
);
