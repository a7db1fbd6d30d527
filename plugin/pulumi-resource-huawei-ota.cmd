@echo off
node "%~dp0..\dist\plugin\command.js" "%~dp0." %*
