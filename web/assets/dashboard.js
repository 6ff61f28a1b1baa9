// What the dashboard needs of scripts besides htmx. Nothing here is needed to use it.
document.documentElement.classList.add('scripted')
